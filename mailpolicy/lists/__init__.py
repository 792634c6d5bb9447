"""Who is on a list, and why: static, nested and dynamic members."""
