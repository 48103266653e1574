"""The bench: headless people use a real server, and one table tells what they felt beside what the parts alone cost."""
