"""How the suite's workers share its tests: one for rooms, one for pages, the others for the rest.

A browser mostly waits, so that three workers fill two cores. But a call encodes video in two
browsers at once: what opens a room is one group, so that two rooms never compete. By the files'
names, since groups marked on tests do not reach the controller with this pytest.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ROOMS = re.compile(
    r"(tests/)?(rooms/media/test_(browsers|recorded_browsers|firefox_rooms)\.py"
    r"|e2e/test_(booked_oral|candidate_room|clocks|console|devices|firefox|from_nothing|interruptions|oral"
    r"|second_screen|two_tabs)\.py)"
)
PAGES = re.compile(r"(tests/)?(e2e/|evaluator_app/(playback|design)/)")


def group(nodeid: str) -> str:
    """Return the group of tests that run one after the other in one worker; else the test alone."""
    if ROOMS.match(nodeid):
        return "rooms"
    return "pages" if PAGES.match(nodeid) else nodeid


class ByBrowsers(LoadScopeScheduling):
    """Give each group to one worker, the largest first, and the other tests one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget a group that is done: the others are counted anew after each test."""
        name = group(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][name].values()):
            del self.assigned_work[node][name]
