# Sends connections for AWS's names to the emulator, and trusts its CA in addition to what the code trusts.
#
# The files beside this one are put together into one text (see sources.cpp): they share one namespace.
import os
import sys
import _frozen_importlib_external

# What each module gets done to it as soon as it has been imported: nobody pays for what he does not import.
_pending_patches = {}


def on_import(name, patch):
    module = sys.modules.get(name)
    if module is not None:
        patch(module)
    else:
        _pending_patches[name] = patch


class _PatchFinder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        patch = _pending_patches.pop(name, None)
        if patch is None:
            return None
        spec = _frozen_importlib_external.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            patch(module)

        try:
            spec.loader.exec_module = exec_module
        except AttributeError:
            return None
        return spec


_AWS_NAMES = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazoncognito.com",
    ".api.aws",
    ".on.aws",
    ".localhost.localstack.cloud",
)


def is_aws_name(host):
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    return isinstance(host, str) and ("." + host.lower().rstrip(".")).endswith(_AWS_NAMES)


_installed = False


def install_network_hooks(endpoint, ca_file):
    """Once per interpreter; a fork server does it before it imports what binds the patched functions."""
    global _installed
    if _installed:
        return
    _installed = True
    sys.meta_path.insert(0, _PatchFinder)
    if endpoint:
        home, _, home_port = endpoint.rpartition(":")
        home = home.strip("[]") or "127.0.0.1"
        if home == "0.0.0.0":
            home = "127.0.0.1"
        elif home == "::":
            home = "::1"
        home_port = int(home_port)
        # A database host below amazonaws.com is none of the emulator's: only web ports are redirected.
        web_ports = (None, 0, 80, 443, "80", "443", "http", "https", b"80", b"443", b"http", b"https")

        def patch_socket(socket):
            find_addresses = socket.getaddrinfo
            find_host = socket.gethostbyname
            find_host_ex = socket.gethostbyname_ex

            def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
                if is_aws_name(host) and port in web_ports:
                    return find_addresses(home, home_port, 0, type, proto, 0)
                return find_addresses(host, port, family, type, proto, flags)

            def gethostbyname(hostname):
                return find_host(home if is_aws_name(hostname) else hostname)

            def gethostbyname_ex(hostname):
                return find_host_ex(home if is_aws_name(hostname) else hostname)

            def redirected(address):
                if isinstance(address, tuple) and len(address) >= 2 and address[1] in web_ports:
                    if is_aws_name(address[0]):
                        return (home, home_port) + address[2:]
                return address

            plain = socket.socket.__mro__[1]

            def connect(self, address):
                return plain.connect(self, redirected(address))

            def connect_ex(self, address):
                return plain.connect_ex(self, redirected(address))

            socket.getaddrinfo = getaddrinfo
            socket.gethostbyname = gethostbyname
            socket.gethostbyname_ex = gethostbyname_ex
            socket.socket.connect = connect
            socket.socket.connect_ex = connect_ex

        on_import("socket", patch_socket)

        # AWS's names are reached directly, whatever HTTPS_PROXY says; the variable is for child processes.
        def patch_request(request):
            bypass = request.proxy_bypass

            def proxy_bypass(host, *more):
                if is_aws_name(host.rpartition("@")[2].partition(":")[0]):
                    return True
                return bypass(host, *more)

            request.proxy_bypass = proxy_bypass

        on_import("urllib.request", patch_request)

    if ca_file and os.path.exists(ca_file):

        def patch_ssl(ssl):
            plain = ssl.SSLContext.__mro__[1]
            load_defaults = ssl.SSLContext.load_default_certs

            def load_verify_locations(self, cafile=None, capath=None, cadata=None):
                plain.load_verify_locations(self, cafile, capath, cadata)
                if cafile != ca_file:
                    plain.load_verify_locations(self, ca_file)

            def set_default_verify_paths(self):
                plain.set_default_verify_paths(self)
                plain.load_verify_locations(self, ca_file)

            def load_default_certs(self, *purpose):
                load_defaults(self, *purpose)
                plain.load_verify_locations(self, ca_file)

            ssl.SSLContext.load_verify_locations = load_verify_locations
            ssl.SSLContext.set_default_verify_paths = set_default_verify_paths
            ssl.SSLContext.load_default_certs = load_default_certs

        on_import("ssl", patch_ssl)
