"""The written part: the adaptive test, its questions and banks, and results from elsewhere.

`engine` and `questions` are pure; `items` looks after banks; `elsewhere` takes results from other
platforms; the modules beside them are the test itself. It knows nothing of the watch over the test
(`proctor`): pages join the two, and a candidacy's gates carry what one must tell the other.
"""
