#!/usr/bin/env python3
"""GitHub's and GitLab's API as far as `rehearse publish` uses them, with a memory, on a free port of loopback.

    fake_hosts.py SCENARIO.json

The scenario says what is there before and what goes wrong:

    {"token": "secret-token",       the one that is accepted
     "sha": "...",                  the last commit of request 12
     "comments": ["text", ...],     there already, of the token's user; "page_size" of them a page
     "comments_of_others": [...],   before them
     "app": true,                   the token is an app's, which may not ask who it is
     "labels": ["bug", ...],        of the request
     "tls": "server.pem",           its key and certificate; without, it speaks HTTP
     "faults": [{"method": "POST", "path": "/comments$", "status": 502, "headers": {}, "body": "", "times": 1,
                 "after": true,     do it all the same
                 "drops": true}]}   end the connection without an answer

Prints "port N". Every request is a line of GET /_fake/log; GET /_fake/state shows what is there, and POST
/_fake/public sets the address that links name. Ends when its stdin does.
"""

import json
import re
import ssl
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STAMP = "2026-11-20T10:00:00Z"


class Host:
    def __init__(self, scenario):
        self.token = scenario.get("token", "secret-token")
        self.sha = scenario.get("sha", "a" * 40)
        self.page_size = scenario.get("page_size", 100)
        self.public = ""
        self.next_id = 1000
        self.comments = {}
        self.authors = {}
        self.app = scenario.get("app", False)
        for body in scenario.get("comments_of_others", []):
            self.add_comment(body, "mallory")
        for body in scenario.get("comments", []):
            self.add_comment(body)
        self.labels = list(scenario.get("labels", []))
        self.repository_labels = {name: {} for name in self.labels}
        self.statuses, self.check_runs = [], {}
        self.faults = scenario.get("faults", [])
        self.log = []
        self.lock = threading.Lock()

    def new_id(self):
        self.next_id += 1
        return self.next_id

    def add_comment(self, body, author="bot"):
        number = self.new_id()
        self.comments[number] = body
        self.authors[number] = author
        return number

    def fault_for(self, method, path):
        for fault in self.faults:
            fits = fault.get("method", method) == method and re.search(fault["path"], path)
            if fits and fault.setdefault("times", 1) != 0:
                fault["times"] -= 1
                return fault
        return None

    def state(self):
        return {
            "comments": list(self.comments.values()),
            "labels": self.labels,
            "repository_labels": self.repository_labels,
            "statuses": self.statuses,
            "check_runs": list(self.check_runs.values()),
        }


IDS = {"bot": 1, "mallory": 2}


def user(login="bot", is_app=True):
    urls = ("avatar_url events_url followers_url following_url gists_url html_url organizations_url received_events_url"
            " repos_url starred_url subscriptions_url url").split()
    return {"login": login, "id": IDS[login], "node_id": "U1", "gravatar_id": "", "site_admin": False,
            "type": "Bot" if login == "bot" and is_app else "User",
            **{name: f"https://github.example/{login}" for name in urls}}


def whole_user():
    return {**user(is_app=False), "name": None, "company": None, "blog": None, "location": None, "email": None,
            "hireable": None, "bio": None, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": STAMP, "updated_at": STAMP}


def github_comment(number, body, author):
    url = f"https://github.example/c/{number}"
    return {"id": number, "node_id": "C1", "url": url, "html_url": url, "issue_url": url, "body": body, "user": author,
            "created_at": STAMP, "updated_at": STAMP, "author_association": "NONE"}


def github_label(name, details):
    return {"id": 5, "node_id": "L1", "url": "https://github.example/l", "name": name, "default": False,
            "color": details.get("color", "ededed"), "description": details.get("description")}


def github_check_run(number, run):
    return {"id": number, "node_id": "R1", "head_sha": run["head_sha"], "external_id": "", "name": run["name"],
            "url": "https://github.example/r", "html_url": "https://github.example/r", "details_url": "",
            "status": "completed", "conclusion": run["conclusion"], "started_at": STAMP, "completed_at": STAMP,
            "check_suite": {"id": 1}, "app": None, "pull_requests": [],
            "output": {"title": run["output"]["title"], "summary": run["output"]["summary"], "text": None,
                       "annotations_count": len(run["annotations"]), "annotations_url": "https://github.example/a"}}


class Github:
    """Answers with (status, JSON); None where there is nothing."""

    ROUTES = [
        ("GET", r"/user", "user"),
        ("GET", r"/repos/acme/shop/issues/12/comments", "list_comments"),
        ("POST", r"/repos/acme/shop/issues/12/comments", "add_comment"),
        ("PATCH", r"/repos/acme/shop/issues/comments/(\d+)", "edit_comment"),
        ("GET", r"/repos/acme/shop/issues/12/labels", "list_labels"),
        ("POST", r"/repos/acme/shop/issues/12/labels", "add_labels"),
        ("DELETE", r"/repos/acme/shop/issues/12/labels/([^/]+)", "remove_label"),
        ("GET", r"/repos/acme/shop/labels/([^/]+)", "label"),
        ("POST", r"/repos/acme/shop/labels", "make_label"),
        ("POST", r"/repos/acme/shop/statuses/(\w+)", "add_status"),
        ("POST", r"/repos/acme/shop/check-runs", "add_check_run"),
        ("PATCH", r"/repos/acme/shop/check-runs/(\d+)", "extend_check_run"),
    ]

    def __init__(self, host):
        self.host = host

    def user(self, _):
        if self.host.app:
            return 403, {"message": "Resource not accessible by integration"}
        return 200, whole_user()

    def comment(self, number):
        author = user(self.host.authors[number], self.host.app)
        return github_comment(number, self.host.comments[number], author)

    def list_comments(self, _):
        return 200, [self.comment(number) for number in self.host.comments]

    def add_comment(self, body):
        if len(body["body"]) > 65536:
            return 422, {"message": "Validation Failed", "errors": ["body is too long (maximum is 65536 characters)"]}
        return 201, self.comment(self.host.add_comment(body["body"]))

    def edit_comment(self, body, number):
        if int(number) not in self.host.comments:
            return None
        # As GitHub: who may write to the repository may edit everybody's.
        self.host.comments[int(number)] = body["body"]
        return 200, self.comment(int(number))

    def list_labels(self, _):
        return 200, [github_label(name, self.host.repository_labels.get(name, {})) for name in self.host.labels]

    def add_labels(self, body):
        self.host.labels += [name for name in body["labels"] if name not in self.host.labels]
        return self.list_labels(body)

    def remove_label(self, _, name):
        if name not in self.host.labels:
            return 404, {"message": "Label does not exist"}
        self.host.labels.remove(name)
        return self.list_labels(None)

    def label(self, _, name):
        found = self.host.repository_labels.get(name)
        return None if found is None else (200, github_label(name, found))

    def make_label(self, body):
        if body["name"] in self.host.repository_labels:
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists", "field": "name"}]}
        self.host.repository_labels[body["name"]] = body
        return 201, github_label(body["name"], body)

    def add_status(self, body, sha):
        self.host.statuses.append({"sha": sha, **body})
        return 201, {"url": "https://github.example/s", "avatar_url": None, "id": 7, "node_id": "S1",
                     "state": body["state"], "description": body["description"], "target_url": None,
                     "context": body["context"], "created_at": STAMP, "updated_at": STAMP, "creator": user()}

    def add_check_run(self, body):
        if len(body["output"]["annotations"]) > 50:
            return 422, {"message": "Invalid request: too many annotations"}
        number = self.host.new_id()
        self.host.check_runs[number] = {**body, "annotations": list(body["output"]["annotations"])}
        return 201, github_check_run(number, self.host.check_runs[number])

    def extend_check_run(self, body, number):
        run = self.host.check_runs[int(number)]
        if len(body["output"]["annotations"]) > 50:
            return 422, {"message": "Invalid request: too many annotations"}
        run["annotations"] += body["output"]["annotations"]
        return 200, github_check_run(int(number), run)


class Gitlab:
    PROJECT = r"/api/v4/projects/(?:7|acme%2Fshop)"
    ROUTES = [
        ("GET", r"/api/v4/user", "user"),
        ("GET", PROJECT + r"/merge_requests/12/notes", "list_notes"),
        ("POST", PROJECT + r"/merge_requests/12/notes", "add_note"),
        ("PUT", PROJECT + r"/merge_requests/12/notes/(\d+)", "edit_note"),
        ("GET", PROJECT + r"/merge_requests/12", "request"),
        ("PUT", PROJECT + r"/merge_requests/12", "change"),
        ("GET", PROJECT + r"/labels/([^/]+)", "label"),
        ("POST", PROJECT + r"/labels", "make_label"),
        ("POST", PROJECT + r"/statuses/(\w+)", "add_status"),
    ]

    def __init__(self, host):
        self.host = host

    def user(self, _):
        return 200, {"id": IDS["bot"], "username": "bot"}

    def list_notes(self, _):
        return 200, [{"id": number, "body": body, "system": False, "author": {"id": IDS[self.host.authors[number]]}}
                     for number, body in self.host.comments.items()]

    def add_note(self, body):
        return 201, {"id": self.host.add_comment(body["body"]), "body": body["body"]}

    def edit_note(self, body, number):
        if int(number) not in self.host.comments:
            return None
        self.host.comments[int(number)] = body["body"]
        return 200, {"id": int(number), "body": body["body"]}

    def request(self, _):
        return 200, {"iid": 12, "sha": self.host.sha, "labels": self.host.labels}

    def change(self, body):
        for name in filter(None, body.get("add_labels", "").split(",")):
            if name not in self.host.labels:
                self.host.labels.append(name)
        for name in filter(None, body.get("remove_labels", "").split(",")):
            if name in self.host.labels:
                self.host.labels.remove(name)
        return self.request(body)

    def label(self, _, name):
        found = self.host.repository_labels.get(name)
        return None if found is None else (200, {"name": name, **found})

    def make_label(self, body):
        if body["name"] in self.host.repository_labels:
            return 409, {"message": "Label already exists"}
        self.host.repository_labels[body["name"]] = body
        return 201, body

    def add_status(self, body, sha):
        last = [each for each in self.host.statuses if (each["sha"], each["name"]) == (sha, body["name"])]
        if last and last[-1]["state"] == body["state"]:
            return 400, {"message": "Cannot transition status via :succeed from :success"}
        self.host.statuses.append({"sha": sha, **body})
        return 201, {"id": 7, "status": body["state"]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value, headers=()):
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        if status == 204:
            data = b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, text in dict(headers).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def accepts_token(self):
        host = self.server.host
        return host.token in (self.headers.get("Authorization", "").removeprefix("Bearer "),
                              self.headers.get("PRIVATE-TOKEN"))

    def paged(self, url, items):
        """The items of one page, and the headers that lead to the next."""
        host = self.server.host
        query = urllib.parse.parse_qs(url.query)
        page = int(query.get("page", ["1"])[0])
        size = min(int(query.get("per_page", ["30"])[0]), host.page_size)
        headers = {}
        if page * size < len(items):
            query["page"] = [str(page + 1)]
            base = host.public or "http://" + self.headers["Host"]
            target = f"{base}{url.path}?{urllib.parse.urlencode(query, doseq=True)}"
            headers["Link"] = f'<{target}>; rel="next", <{target}>; rel="last"'
            if url.path.startswith("/api/v4"):
                # As behind a proxy that GitLab does not know of.
                headers = {"Link": '<http://gitlab.internal/>; rel="next"', "X-Next-Page": str(page + 1)}
        return items[(page - 1) * size:page * size], headers

    def respond(self):
        host = self.server.host
        url = urllib.parse.urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with host.lock:
            if url.path == "/_fake/state":
                return self.answer(200, host.state())
            if url.path == "/_fake/log":
                return self.answer(200, host.log)
            if url.path == "/_fake/public":
                host.public = raw.decode()
                return self.answer(200, {})
            host.log.append({"method": self.command, "path": self.path, "agent": self.headers.get("User-Agent"),
                             "body": json.loads(raw) if raw else None})
            fault = host.fault_for(self.command, url.path)
            if fault and not fault.get("after"):
                return self.fail(fault)
            status, value, headers = self.done(url, raw)
            if fault:
                return self.fail(fault)
            return self.answer(status, value, headers)

    def fail(self, fault):
        if fault.get("deletes_comments"):
            self.server.host.comments.clear()
        if fault.get("drops"):
            self.close_connection = True
            return None
        return self.answer(fault["status"], fault.get("body", {"message": "fault"}), fault.get("headers", {}))

    def done(self, url, raw):
        if url.path.startswith("/hooks/"):
            return 200, "ok", {}
        if not self.accepts_token():
            return 401, {"message": "Bad credentials"}, {}
        api = Gitlab(self.server.host) if url.path.startswith("/api/v4") else Github(self.server.host)
        for method, pattern, name in api.ROUTES:
            match = re.fullmatch(pattern, url.path)
            if not match or method != self.command:
                continue
            arguments = [urllib.parse.unquote(group) for group in match.groups()]
            result = getattr(api, name)(json.loads(raw) if raw else None, *arguments)
            if result is None:
                break
            status, value = result
            if method == "GET" and isinstance(value, list):
                return (status, *self.paged(url, value))
            return status, value, {}
        return 404, {"message": "Not Found", "documentation_url": "https://docs.example", "status": "404"}, {}

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond


def main():
    with open(sys.argv[1]) as file:
        scenario = json.load(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if "tls" in scenario:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(scenario["tls"])
        # Each connection greets on its own thread: one that is refused must not end the others.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.host = Host(scenario)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("port", server.server_address[1], flush=True)
    sys.stdin.read()


main()
