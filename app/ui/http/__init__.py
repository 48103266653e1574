"""Requests and answers: middleware, cookies, form posts, downloads."""
