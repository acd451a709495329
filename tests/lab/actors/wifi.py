"""A NetworkManager that knows one wireless adapter, by python-dbusmock on the system bus' usual place.

    wifi.py INTERFACE STATE REASON [OPTION…]

STATE and REASON are the numbers of NMDeviceState and NMDeviceStateReason. INTERFACE `-` is a computer without an
adapter. Options, each as often as wanted:

    strength=PERCENT                  the network in use is this strong, on channel 36, with WPA2
    used=NAME,MHZ,PERCENT,KEY         the network in use; KEY is open, psk, sae or eap
    near=NAME,MHZ,PERCENT,KEY[,TIMES] an access point in range
    saved=NAME,KEY[,off][,hidden]     a saved network; `off`: it is not joined by itself
    trying=NAME                       the saved network that is being joined
    radio=off  key=off                the switches
"""

import os
import subprocess
import sys
import time
import uuid

import dbus

BUS = "/run/dbus/system_bus_socket"
NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <allow own="*"/> <allow send_destination="*" eavesdrop="true"/> <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


def start():
    os.makedirs("/run/dbus", exist_ok=True)
    with open("/run/lab/bus.conf", "w", encoding="utf-8") as file:
        file.write(CONFIG)
    subprocess.run(["dbus-daemon", "--config-file=/run/lab/bus.conf", "--fork"], check=True)
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + BUS
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(
        [sys.executable, "-m", "dbusmock", "--system", "--template", "networkmanager"], start_new_session=True, **quiet
    )
    bus = dbus.SystemBus()
    until = time.monotonic() + 20
    while not bus.name_has_owner(NAME):
        if time.monotonic() > until:
            sys.exit("dbusmock did not start")
        time.sleep(0.02)
    return bus


# NM80211ApSecurityFlags: pairwise CCMP, group CCMP and the way to sign in.
FLAGS = {"open": 0, "psk": 0x188, "eap": 0x288, "sae": 0x488}
SIGN_IN = {"psk": "wpa-psk", "eap": "wpa-eap", "sae": "sae"}


class Network:
    """The wireless part of NetworkManager."""

    def __init__(self, bus, interface, state):
        self.bus = bus
        self.mock = dbus.Interface(bus.get_object(NAME, "/org/freedesktop"), "org.freedesktop.DBus.Mock")
        self.device = self.mock.AddWiFiDevice("wifi", interface, state)
        self.profiles = {}
        self.points = 0

    def put(self, path, of, name, value):
        self.bus.get_object(NAME, path).Set(of, name, value, dbus_interface="org.freedesktop.DBus.Properties")

    def add(self, path, of, properties):
        values = dbus.Dictionary(properties, signature="sv")
        self.bus.get_object(NAME, path).AddProperties(of, values, dbus_interface="org.freedesktop.DBus.Mock")

    def point(self, name, mhz, percent, key):
        self.points += 1
        address = "02:00:00:00:%02x:%02x" % divmod(self.points, 256)
        return self.mock.AddAccessPoint(
            self.device, "point%d" % self.points, name, address, 2, int(mhz), 54000, int(percent), FLAGS[key]
        )

    def save(self, name, key, *more):
        wireless = {"ssid": dbus.ByteArray(name.encode()), "mode": "infrastructure"}
        if "hidden" in more:
            wireless["hidden"] = True
        settings = {
            "connection": {"id": name, "uuid": str(uuid.uuid4()), "type": "802-11-wireless", "autoconnect": "off" not in more},
            "802-11-wireless": wireless,
        }
        if key != "open":
            settings["802-11-wireless-security"] = {"key-mgmt": SIGN_IN[key]}
        of = dbus.Interface(self.bus.get_object(NAME, ROOT + "/Settings"), NAME + ".Settings")
        self.profiles[name] = of.AddConnection(dbus.Dictionary(settings, signature="sa{sv}"))

    def join(self, name):
        path = self.mock.AddActiveConnection([self.device], self.profiles[name], "/", "trying", 1)
        self.put(self.device, NAME + ".Device", "ActiveConnection", dbus.ObjectPath(path))


def main():
    interface, state, reason = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    options = [option.split("=", 1) for option in sys.argv[4:]]
    bus = start()
    if interface == "-":
        return
    network = Network(bus, interface, state)
    active = "/"
    trying = None
    for name, value in options:
        words = value.split(",")
        if name == "strength":
            active = network.point("Café am Eck", 5180, value, "psk")
        elif name == "used":
            active = network.point(*words)
        elif name == "near":
            for number in range(int(words[4]) if words[4:] else 1):
                network.point(words[0] + (" %d" % number if words[4:] else ""), *words[1:4])
        elif name == "saved":
            network.save(*words)
        elif name == "trying":
            trying = value
        elif name == "radio":
            network.put(ROOT, NAME, "WirelessEnabled", value != "off")
        elif name == "key":
            network.put(ROOT, NAME, "WirelessHardwareEnabled", value != "off")
        else:
            sys.exit("no such option: " + name)
    if trying is not None:
        network.join(trying)
    # Last: joining makes the device connected.
    network.put(network.device, NAME + ".Device", "State", dbus.UInt32(state))
    both = dbus.Struct((dbus.UInt32(state), dbus.UInt32(reason)), signature="uu")
    network.put(network.device, NAME + ".Device", "StateReason", both)
    network.add(network.device, NAME + ".Device.Wireless", {"ActiveAccessPoint": dbus.ObjectPath(active)})


if __name__ == "__main__":
    main()
