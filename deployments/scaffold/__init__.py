"""What a new connector begins with: templates of its module, its stand-in and its own contract tests."""
