"""Anybody: home, verification of a document, health, the page behind an e-mailed link."""
