"""frames.py PID-OF-SENDER PID-OF-RECEIVER: sends frames as root of one container could, and tells which reach another.

The sender has the addresses 02:00:00:00:00:0a, 10.9.0.2 and fd09::2; prints a line NAME passes|dropped for each frame."""
import ctypes, ipaddress, os, select, socket, struct, sys

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
MAC = bytes.fromhex("02000000000a")
OTHER = bytes.fromhex("02000000000f")
ALL = b"\xff" * 6


def packet_socket(pid):
    with open(f"/proc/{pid}/ns/net") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.bind(("eth0", 0))
    return s


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ether(kind, body, source=MAC, to=ALL):
    return to + source + struct.pack("!H", kind) + body


def arp(address, hardware=MAC):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + hardware + socket.inet_aton(address) + ALL + socket.inet_aton("10.9.0.3")


def udp4(source, sport=1234, dport=1234, to="255.255.255.255"):
    payload = struct.pack("!HHHH", sport, dport, 8 + 300, 0) + b"\0" * 300
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, 17, 0) + socket.inet_aton(source) + socket.inet_aton(to)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(source, protocol, payload, to="ff02::1", hops=255):
    source, to = (ipaddress.ip_address(a).packed for a in (source, to))
    if protocol == 58:
        pseudo = source + to + struct.pack("!II", len(payload), 58)
        payload = payload[:2] + struct.pack("!H", checksum(pseudo + payload)) + payload[4:]
    return struct.pack("!IHBB", 0x60000000, len(payload), protocol, hops) + source + to + payload


def udp6(source, sport=1234, dport=1234):
    return ip6(source, 17, struct.pack("!HHHH", sport, dport, 16, 1) + b"\0" * 8)


def neighbour(kind, target, source):
    return ip6(source, 58, struct.pack("!BBHI", kind, 0, 0, 0x20000000) + ipaddress.ip_address(target).packed)


own6 = "fe80::ff:fe00:a"
frames = {
    "own-ipv4": ether(0x0800, udp4("10.9.0.2")),
    "own-arp": ether(0x0806, arp("10.9.0.2")),
    "own-ipv6": ether(0x86DD, udp6("fd09::2")),
    "own-advertisement": ether(0x86DD, neighbour(136, "fd09::2", own6)),
    "ipv6-of-mac": ether(0x86DD, udp6("fd09::ff:fe00:a")),
    "other-mac": ether(0x0800, udp4("10.9.0.2"), source=OTHER),
    "arp-of-other-mac": ether(0x0806, arp("10.9.0.2", OTHER)),
    "other-ipv4": ether(0x0800, udp4("10.9.0.9")),
    "arp-of-other-ipv4": ether(0x0806, arp("10.9.0.1")),
    "dhcp-answer": ether(0x0800, udp4("10.9.0.2", 67, 68)),
    "tagged-ipv4": ether(0x8100, struct.pack("!HH", 7, 0x0800) + udp4("10.9.0.9")),
    "other-ipv6": ether(0x86DD, udp6("fd09::9")),
    "other-advertisement": ether(0x86DD, neighbour(136, "fd09::1", own6)),
    "router-advertisement": ether(0x86DD, ip6(own6, 58, struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0))),
    "redirect": ether(0x86DD, ip6(own6, 58, struct.pack("!BBHI", 137, 0, 0, 0) + b"\0" * 32)),
    "dhcpv6-answer": ether(0x86DD, udp6(own6, 547, 546)),
    "claim-of-other-ipv6": ether(0x86DD, neighbour(135, "fd09::3", "::")),
}
sender, receiver = (packet_socket(int(pid)) for pid in sys.argv[1:3])


def arrives(frame):
    while select.select([receiver], [], [], 0)[0]:
        receiver.recv(65536)
    sender.send(frame)
    while select.select([receiver], [], [], 0.3)[0]:
        seen = receiver.recv(65536)
        # the kernel takes a tag out of the frame
        if seen[:12] == frame[:12] and seen[-20:] == frame[-20:]:
            return True
    return False


for name, frame in frames.items():
    print(name, "passes" if arrives(frame) else "dropped")
