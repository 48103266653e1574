"""Pages. They show what rooms hold and hand what people do to the services."""
