"""One's own account, whoever one is: language, password, second factor, signed-in browsers."""
