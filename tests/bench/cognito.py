"""Cognito user pools: what a sign-in costs, and that it costs the same with 100,000 users in the pool."""

import http.client
import json
import statistics
import time

import servers

PASSWORD = "Correct-horse-42"
EMAIL = "jane@example.com"
USERS = 100_000
PAGE = 60


class Caller:
    """One kept connection that measures its calls."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, operation, **members):
        self.connection.request("POST", "/", json.dumps(members), {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            "Authorization": servers.house.credential("cognito-idp")})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation} answered {answer.status}: {text}")
        return json.loads(text) if text else {}

    def median(self, times, operation, **members):
        """Milliseconds of one call among so many."""
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            self.call(operation, **members)
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    def quick_median(self, operation, **members):
        """The same for calls so short that this language's own time would count: by wrk on one connection."""
        return servers.wrk("cognito.lua", self.url, 3, connections=1, BENCH_OPERATION=operation,
                           BENCH_BODY=json.dumps(members)).median


def make_pool(caller):
    """(pool, client) where people may do without a password."""
    pool = caller.call("CreateUserPool", PoolName="bench", UsernameAttributes=["email"], Policies={
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}})["UserPool"]["Id"]
    client = caller.call("CreateUserPoolClient", UserPoolId=pool, ClientName="app", ExplicitAuthFlows=[
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]["ClientId"]
    caller.call("SignUp", ClientId=client, Username=EMAIL, Password=PASSWORD)
    caller.call("AdminConfirmSignUp", UserPoolId=pool, Username=EMAIL)
    # As many as a page of ListUsers shows, and the start of the next.
    for number in range(PAGE):
        caller.call("SignUp", ClientId=client, Username=f"early{number}@example.com")
    return pool, client


def fill(one, client):
    """100,000 more people."""
    made = 0
    while made < USERS:
        # A few requests of a run that ends are not counted; their names are skipped.
        made += servers.wrk("users.lua", one.url, 2, BENCH_CLIENT=client, BENCH_FIRST=str(made + 1000)).requests + 1000


def measure(caller, pool, client):
    """{what: milliseconds}"""
    sign_in = {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
               "AuthParameters": {"USERNAME": EMAIL, "PASSWORD": PASSWORD}}
    tokens = caller.call("InitiateAuth", **sign_in)["AuthenticationResult"]
    page = caller.call("ListUsers", UserPoolId=pool, Limit=1)["PaginationToken"]
    return {
        "password": caller.median(20, "InitiateAuth", **sign_in),
        "refresh": caller.quick_median("InitiateAuth", ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH",
                                       AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]}),
        "token": caller.quick_median("GetUser", AccessToken=tokens["AccessToken"]),
        "page": caller.median(100, "ListUsers", UserPoolId=pool, Limit=PAGE, PaginationToken=page),
        "search": caller.median(100, "ListUsers", UserPoolId=pool, Filter=f'email = "{EMAIL}"'),
    }


def rows(folder):
    with servers.fractus(folder / "cognito") as one:
        caller = Caller(one.port)
        # The first request of all begins to make keys in the background.
        pool, client = make_pool(caller)
        few = measure(caller, pool, client)
        created = caller.median(20, "CreateUserPool", PoolName="another")
        yield "CreateUserPool, p50", f"{created:.2f} ms", "", "≤ 5 ms", created <= 5
        yield "sign-in by password, p50", f"{few['password']:.1f} ms", "", "≤ 25 ms", few["password"] <= 25
        yield "refresh of tokens, p50", f"{few['refresh']:.2f} ms", "", "≤ 1 ms", few["refresh"] <= 1
        yield "GetUser (a token verified), p50", f"{few['token']:.2f} ms", "", "≤ 1 ms", few["token"] <= 1
        fill(one, client)
        many = measure(caller, pool, client)
        for name, what in (("sign-in by password", "password"), (f"ListUsers, a page of {PAGE}", "page"),
                           ("ListUsers, by e-mail address", "search")):
            yield (f"{name}, {USERS:,} users", f"{many[what]:.2f} ms", f"{many[what] / few[what]:.2f}x few users",
                   "≤ 1.5x few users", many[what] <= 1.5 * few[what])
