"""The written part: item banks, the adaptive test, and results, from here or elsewhere.

It knows nothing of the watch over the test (`proctor`): pages join the two, and the gates of the
candidacy carry what one must tell the other. Called by the candidate's and coordinators' desks.
"""
