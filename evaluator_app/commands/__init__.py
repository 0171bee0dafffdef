"""One module a command of `viva`, each with `run(arguments) -> exit code`."""
