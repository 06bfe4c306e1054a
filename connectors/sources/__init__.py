"""Places that hold facts (数据共享接口)."""
