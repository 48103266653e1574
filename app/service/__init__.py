"""What people can do. Every use case takes the asking viewer first and checks the viewer's rights itself."""
