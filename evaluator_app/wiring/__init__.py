"""Where the house is put together: the application, its rules, its tables, what it comes with."""
