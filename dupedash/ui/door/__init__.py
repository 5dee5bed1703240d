"""Who may come in: access links, the guard before every route, pictures by URL."""
