"""Two real browsers and a real server: what people see and do, from the sign-in page to the last word."""
