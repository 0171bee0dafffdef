"""Who there is: users and roles, organisations, evaluators, sessions, sign-in links, consents.

It knows nothing of candidacies or exams. Every room above may ask it who somebody is.
"""
