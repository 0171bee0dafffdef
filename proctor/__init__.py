"""What is checked about a candidate: equipment and identity document.

It never recognises anybody: people look, and say what they saw.
"""
