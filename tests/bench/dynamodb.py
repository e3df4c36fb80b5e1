"""DynamoDB beside its peer and the machine's HTTP limit, and alone with a million items."""

import contextlib
import socket
import statistics

import servers

OPERATIONS = ("PutItem", "GetItem", "UpdateItem", "Query")
# What the peers must be beaten by, and how much of nginx's figure is wanted.
WANTED_OF_NGINX = {"GetItem": 0.70, "PutItem": 0.45, "UpdateItem": 0.45, "Query": 0}
ITEM_BYTES = 300


def make_table(port, name="bench", sort_key=False):
    keys = [("id", "HASH", "S"), ("n", "RANGE", "N")][:2 if sort_key else 1]
    servers.call(port, "CreateTable", {
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind, _ in keys],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": type_} for key, _, type_ in keys]})
    servers.call(port, "DescribeTable", {"TableName": name})


def side_by_side(folder, rounds, seconds):
    """{(target, operation): [Load]}, targets taken in turns so that a busy moment hits all."""
    loads = {}
    with contextlib.ExitStack() as stack:
        ports = {"fractus": stack.enter_context(servers.fractus(folder / "a")).port,
                 "fractus --data": stack.enter_context(servers.fractus(folder / "b", "--data", folder / "data")).port,
                 "dynalite": stack.enter_context(servers.dynalite()), "nginx": stack.enter_context(servers.nginx(folder))}
        for target, port in ports.items():
            if target != "nginx":
                make_table(port)
        for number in range(rounds + 1):
            for operation in OPERATIONS:
                for target, port in ports.items():
                    load = servers.wrk("items.lua", f"http://127.0.0.1:{port}/", seconds if number else 1,
                                       BENCH_OPERATION=operation)
                    # The first round fills the table and warms everybody up.
                    if number:
                        loads.setdefault((target, operation), []).append(load)
    return loads


def rows_beside_peers(folder, rounds, seconds):
    loads = side_by_side(folder, rounds, seconds)
    rates = {key: statistics.median(load.rate for load in runs) for key, runs in loads.items()}
    for operation in OPERATIONS:
        peer, limit = rates["dynalite", operation], rates["nginx", operation]
        wanted = WANTED_OF_NGINX[operation]
        for target in ("fractus", "fractus --data"):
            rate = rates[target, operation]
            goal, met = "", True
            if target == "fractus":
                goal = "≥ 3x dynalite" + (f", {wanted:.2f}x nginx" if wanted else "")
                met = rate >= 3 * peer and rate >= wanted * limit
            yield (f"{operation}, {target}", f"{rate:,.0f}/s", f"{rate / peer:.1f}x dynalite, {rate / limit:.2f}x nginx",
                   goal, met)
        p99, limit_p99 = (statistics.median(load.p99 for load in loads[target, operation]) for target in ("fractus", "nginx"))
        yield f"{operation}, 99th percentile", f"{p99:.2f} ms", f"nginx {limit_p99:.2f} ms", "≤ 2 ms", p99 <= 2
        yield f"{operation}, dynalite", f"{peer:,.0f}/s", f"{peer / limit:.2f}x nginx", "", True
        yield f"{operation}, nginx static answer", f"{limit:,.0f}/s", "", "", True


def idle_connections(one, count=1000):
    """Megabytes that `count` connections take which have each asked once and keep open."""
    before = servers.resident_megabytes(one.process)
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", one.port)))
            connection.sendall(b"GET /_fractus/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(65536)
        return servers.resident_megabytes(one.process) - before


def fill(url, items):
    """Writes items by BatchWriteItem until there are so many; (how many there are, items per second)."""
    done, rates = 0, []
    while done < items:
        run = servers.wrk("items.lua", url, 4, BENCH_OPERATION="BatchWriteItem", BENCH_FIRST=str(done // 25))
        rates.append(run.rate * 25)
        done += run.requests * 25
    return done, statistics.median(rates)


def rates_among(url, items, seconds):
    return {operation: servers.wrk("items.lua", url, seconds, BENCH_OPERATION=operation, BENCH_KEYS=str(items)).rate
            for operation in OPERATIONS}


def rows_alone(folder, seconds, most):
    """What a table of `most` items costs, and whether an operation costs the same as in a small one."""
    with servers.fractus(folder / "idle") as one:
        cost = idle_connections(one)
        yield "1,000 idle connections", f"{cost:.1f} MB", "", "≤ 20 MB", cost <= 20
    with servers.fractus(folder / "large", "--data", folder / "large-data") as one:
        url = f"http://127.0.0.1:{one.port}/"
        make_table(one.port)
        small = rates_among(url, 1000, seconds)
        items, rate = fill(url, most)
        memory = servers.resident_megabytes(one.process)
        yield f"BatchWriteItem, {items:,} items, --data", f"{rate:,.0f}/s", "", "≥ 60,000/s", rate >= 60_000
        yield "memory (RSS) after that", f"{memory:.0f} MB", "", "≤ 300 MB", memory <= 300
        for operation, rate in rates_among(url, items, seconds).items():
            yield (f"{operation} among them", f"{rate:,.0f}/s", f"{rate / small[operation]:.2f}x among 1,000", "", True)
        megabytes = servers.wrk("items.lua", url, seconds, BENCH_OPERATION="Scan").rate
        yield "Scan", f"{megabytes:,.0f} MB/s", "", "≥ 100 MB/s", megabytes >= 100
        make_table(one.port, "pages", sort_key=True)
        for first in range(0, 1000, 25):
            servers.call(one.port, "BatchWriteItem", {"RequestItems": {"pages": [
                {"PutRequest": {"Item": {"id": {"S": "1"}, "n": {"N": str(n)}, "text": {"S": "x" * (ITEM_BYTES - 20)}}}}
                for n in range(first, first + 25)]}})
        rate = servers.wrk("items.lua", url, seconds, BENCH_OPERATION="Page").rate
        yield "Query of 1,000 items", f"{rate:,.0f} pages/s", "", "≥ 500 pages/s", rate >= 500
