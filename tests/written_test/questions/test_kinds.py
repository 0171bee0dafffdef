"""What a question holds, as JSON keeps it."""

from __future__ import annotations

from written_test.questions.kinds import Single, read_body, write_body


def test_what_is_usual_is_left_out_and_what_a_file_says_is_kept() -> None:
    given = {
        "kind": "single",
        "prompt": "Which?",
        "passage": "",
        "options": [{"key": "a", "text": "A"}, {"key": "b", "text": "None", "fixed": True}],
        "right": "a",
        "shuffle": False,
    }
    assert write_body(read_body(given)) == given
    old = {**given, "options": [{"key": "a", "text": "A"}, {"key": "b", "text": "None"}]}
    del old["shuffle"]
    body = read_body(old)
    assert isinstance(body, Single)
    assert (body.shuffle, [option.fixed for option in body.options]) == (True, [False, False])
    assert write_body(body) == old
