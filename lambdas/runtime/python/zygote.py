# The fork server: a process with the common packages imported, whose children are worker environments.
#
# Descriptor 3 is the control socket (SOCK_SEQPACKET, JSON requests and answers). Requests:
#   {"op": "spawn", "config": {...}} with two descriptors (channel, log) -> {"pid": n} | {"vendored": name} | {"error": text}
#   {"op": "reap", "pid": n, "grace_ms": n} -> {"status": wait status}; what lives after the grace is killed
# It ends, with all its children, when the control socket closes.


def preload():
    for name in (
        "boto3",
        "boto3.dynamodb.conditions",
        "boto3.s3.transfer",
        "botocore.auth",
        "botocore.client",
        "botocore.credentials",
        "botocore.endpoint",
        "botocore.httpsession",
        "botocore.retryhandler",
        "jose.jwt",
        "jose.jwk",
        "urllib.request",
        "logging",
        "decimal",
        "ssl",
        "uuid",
        "base64",
        "datetime",
        "traceback",
        "concurrent.futures.thread",
    ):
        try:
            __import__(name)
        except ImportError:
            pass


def preloaded_packages():
    names = set()
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(tuple(_SYSTEM_PACKAGES)):
            names.add(name.partition(".")[0])
    return names


def limit_memory(memory_mb):
    import resource

    used_kb = 0
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmData:"):
                used_kb = int(line.split()[1])
    # Differs from AWS: a worker process may have 256 MB more than the function's memory, because address space is
    # counted (stacks of threads, arenas of malloc), not use.
    limit = (used_kb + (memory_mb + 256) * 1024) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def worker(config, channel, log, parent, libc):
    os.setsid()
    libc.prctl(1, 9)  # PR_SET_PDEATHSIG: the zygote's end is ours
    if os.getppid() != parent:
        os._exit(1)
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(null)
    os.environ.clear()
    os.environ.update(config["variables"])
    time.tzset()
    limit_memory(config["memory_mb"])
    try:
        os.chdir(config["code"])
    except OSError:
        pass
    Environment.hard_exit = os._exit
    try:
        run(config, channel, log)
    except BaseException:
        import traceback

        traceback.print_exc()
        flush_output()
    os._exit(0)


def reap(pid, grace_ms):
    end = time.monotonic() + grace_ms / 1000
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if time.monotonic() > end:
            break
        time.sleep(0.002)
    for target in (-pid, pid):
        try:
            os.kill(target, 9)
        except OSError:
            pass
    return os.waitpid(pid, 0)[1]


def zygote(warm, endpoint, ca_file):
    import ctypes
    import gc
    import select
    import signal
    import socket

    control = socket.socket(fileno=3)
    os.set_inheritable(3, False)
    os.close(5)  # the clock's page, mapped by the preloaded object
    libc = ctypes.CDLL(None)
    parent = os.getpid()
    sys.path[:] = [f for f in sys.path if f and not f.startswith("/proc/")] + _SYSTEM_PACKAGES
    sys.meta_path.insert(0, _HiddenPackageFinder)
    install_network_hooks(endpoint, ca_file)
    if warm:
        preload()
    preloaded = preloaded_packages()
    gc.collect()
    gc.freeze()
    children = set()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 2)
        if not data:
            break
        request = json.loads(data)
        if request["op"] == "reap":
            try:
                status = reap(request["pid"], request["grace_ms"])
            except ChildProcessError:
                status = 0
            children.discard(request["pid"])
            control.send(json.dumps({"status": status}).encode())
            continue
        config = request["config"]
        Environment.config = config
        os.environ["PYTHONPATH"] = config["variables"].get("PYTHONPATH", "")
        vendored = None
        for folder in code_folders() if preloaded else ():
            for entry in os.listdir(folder):
                if entry.partition(".")[0] in preloaded:
                    vendored = entry
        if vendored:
            answer = {"vendored": vendored}
        else:
            try:
                pid = os.fork()
            except OSError as error:
                answer = {"error": str(error)}
            else:
                if pid == 0:
                    control.close()
                    worker(config, descriptors[0], descriptors[1], parent, libc)
                children.add(pid)
                answer = {"pid": pid}
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(json.dumps(answer).encode())
    for pid in children:
        for target in (-pid, pid):
            try:
                os.kill(target, signal.SIGKILL)
            except OSError:
                pass


if __name__ == "__main__":
    zygote(sys.argv[1] == "warm", sys.argv[2], sys.argv[3])
