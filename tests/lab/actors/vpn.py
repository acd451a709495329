"""A NetworkManager in which one VPN is set up, by python-dbusmock on the system bus' usual place.

    vpn.py NAME STATE [INTERFACE SERVER DOMAIN]

STATE is `off`, or the number of NMVpnConnectionState: 2 waits for a password, 5 is up, 6 has failed. INTERFACE, SERVER
and DOMAIN are what its DnsManager says of the tunnel.
"""

import sys

import dbus
from wifi import NAME, ROOT, start

UUID = "5e0a9d5c-6a5e-4f0a-9a56-0d5d6d5f0c11"
MOCK = "org.freedesktop.DBus.Mock"


def main():
    name, state = sys.argv[1], sys.argv[2]
    bus = start()
    mock = dbus.Interface(bus.get_object(NAME, "/org/freedesktop"), MOCK)
    settings = dbus.Dictionary(
        {
            "connection": dbus.Dictionary({"id": name, "uuid": UUID, "type": "vpn"}, signature="sv"),
            "vpn": dbus.Dictionary({"service-type": NAME + ".openvpn"}, signature="sv"),
        },
        signature="sa{sv}",
    )
    saved = ROOT + "/Settings/71"
    connection = NAME + ".Settings.Connection"
    mock.AddObject(saved, connection, {}, [("GetSettings", "", "a{sa{sv}}", "ret = " + repr(plain(settings)))])
    bus.get_object(NAME, ROOT + "/Settings").AddMethod(
        NAME + ".Settings",
        "ListConnections",
        "",
        "ao",
        'ret = dbus.Array([dbus.ObjectPath("%s")], signature="o")' % saved,
        dbus_interface=MOCK,
    )
    if state != "off":
        active = ROOT + "/ActiveConnection/71"
        properties = {
            "Uuid": UUID,
            "Type": "vpn",
            "Vpn": True,
            # Activated, or on the way.
            "State": dbus.UInt32(2 if state == "5" else 1),
        }
        mock.AddObject(active, NAME + ".Connection.Active", properties, [])
        bus.get_object(NAME, active).AddProperties(
            NAME + ".VPN.Connection", {"VpnState": dbus.UInt32(int(state))}, dbus_interface=MOCK
        )
        bus.get_object(NAME, ROOT).Set(
            NAME,
            "ActiveConnections",
            dbus.Array([dbus.ObjectPath(active)], signature="o"),
            dbus_interface="org.freedesktop.DBus.Properties",
        )
    if len(sys.argv) > 3:
        interface, server, domain = sys.argv[3:6]
        entry = {
            "nameservers": dbus.Array([server], signature="s"),
            "domains": dbus.Array([domain], signature="s"),
            "interface": interface,
            "priority": dbus.Int32(50),
            "vpn": True,
        }
        mock.AddObject(
            ROOT + "/DnsManager",
            NAME + ".DnsManager",
            {"Configuration": dbus.Array([dbus.Dictionary(entry, signature="sv")], signature="a{sv}")},
            [],
        )


def plain(settings):
    """As Python text that dbusmock evaluates."""
    return {group: {key: str(value) for key, value in values.items()} for group, values in settings.items()}


main()
