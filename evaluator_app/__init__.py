"""The roof: pages and sockets, command line, demo. One folder a kind of person in `desks`."""
