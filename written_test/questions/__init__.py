"""Questions of seven kinds: what they hold, how they are shown, graded and solved; all pure."""
