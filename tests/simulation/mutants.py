def kill_all():
    return 0
