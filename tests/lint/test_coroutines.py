"""g++ 12 destroys some temporaries of a co_await expression twice: lambdas that own captures, and braced aggregates.

They are named on a line of their own and then moved in. This finds those that are not.
"""

import re

from support import sources

LAMBDA = re.compile(r"\[(?P<captures>[^\[\]]*)\]\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*(?:mutable\b|noexcept\b|\s)*"
                    r"(?:->\s*[\w:<>,&*\s]+?)?\s*\{")
NO_VALUE_BEFORE = re.compile(r"(?:[(,=&|!?:{;+]|\breturn|\bco_return|\bco_await)\s*$")


def matching(text, opening):
    """Where the brace that opens at `opening` closes."""
    depth = 0
    for i in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text) - 1


def opening_of(text, closing):
    """Where the brace that closes at `closing` opens."""
    depth = 0
    for i in range(closing, -1, -1):
        depth += {"}": 1, "{": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return 0


def left_of(text, at):
    """Where the statement around `at` begins, how many brackets it has opened by then, and its complete braces."""
    depth, braces, i = 0, [], at - 1
    while i >= 0:
        c = text[i]
        if c in ")]":
            depth += 1
        elif c in "([":
            depth -= 1
        elif c == "}" and re.match(r"\s*[,)]", text[i + 1:]):
            # An argument that ends here, not a block.
            i = opening_of(text, i)
            braces.append(i)
        elif c in ";{}":
            break
        i -= 1
    return i + 1, -depth, braces


def captures_by_value(captures):
    parts = [part.strip() for part in captures.split(",") if part.strip()]
    return [part for part in parts if part not in ("this", "&") and not part.startswith("&")]


def problems(text):
    """(line, reason) for every temporary that g++ 12 would destroy twice."""
    text = sources.without_comments_and_strings(text)
    found = set()
    for await_ in re.finditer(r"\bco_await\b", text):
        start, depth, braces = left_of(text, await_.start())
        condition = re.match(r"\s*(?:else\s+)?(?:if|while|for|switch)\b", text[start:])
        i = await_.end()
        while i < len(text):
            c = text[i]
            if c in "([":
                depth += 1
            elif c in ")]":
                depth -= 1
                if depth < 0 or (condition and depth == 0):
                    break
            elif c == ";":
                break
            elif c == "{":
                braces.append(i)
                i = matching(text, i)
            i += 1
        lambdas = {start + m.end() - 1: m for m in LAMBDA.finditer(text[start:i])
                   if NO_VALUE_BEFORE.search(text[:start + m.start()])}
        line = text.count("\n", 0, await_.start()) + 1
        for brace in braces:
            if brace not in lambdas:
                found.add((line, "a braced aggregate"))
            elif captures_by_value(lambdas[brace]["captures"]):
                found.add((line, "a lambda that owns a capture"))
    return sorted(found)


def test_no_co_await_expression_owns_such_a_temporary():
    found = [f"{path}:{line}: {reason} inside a co_await expression" for path in sources.files("*.h", "*.cpp")
             for line, reason in problems(sources.read(path))]
    assert not found, "\n".join(found)


def test_this_lint_can_fail():
    assert problems("co_await Run([name] { return name; });")
    assert problems("auto x = co_await Run([n = std::move(name)]() mutable -> int { return n; });")
    assert problems("auto x = co_await Run([=](int a) { return a; });")
    assert problems("co_await invoker.Invoke(Invocation{name, payload});")
    assert problems("auto x = co_await invoker.Invoke({name, payload});")
    assert problems("if (co_await Ok(Point{1, 2})) { return; }")
    assert problems("Use(co_await First(), Point{1, 2});")
    assert problems("Use(Point{1, 2}, co_await First());")
    assert problems("Use([copy] { return copy; }, co_await First());")


def test_this_lint_lets_good_code_pass():
    for good in ("co_await Run([this, &name] { return name; });",
                 "auto work = [name] { return name; };\nco_await Run(std::move(work));",
                 "if (co_await Ok(point)) { Point p{1, 2}; }",
                 "co_await Run([&]() -> int { Point p{1, 2}; return p.x; });",
                 "Spawn([copy] { co_await Ok(copy); Point p{1}; });",
                 "for (auto& p : co_await All()) { Use(Point{1, 2}); }",
                 "co_return co_await Next(request);\n}\nvoid F() { Point p{1, 2}; }",
                 "// co_await Invoke(Invocation{name});\nauto values = map[key];",
                 "auto rows = co_await Read(table[key], kNames[2]);"):
        assert not problems(good), good
