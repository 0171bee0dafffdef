"""The password that people of these tests have."""

PASSWORD = "quatre mots que voici"
