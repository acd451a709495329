"""A NetworkManager that knows one wireless adapter, by python-dbusmock on the system bus' usual place.

    wifi.py INTERFACE STATE REASON [strength=PERCENT] [radio=off] [key=off]

STATE and REASON are the numbers of NMDeviceState and NMDeviceStateReason. Without a strength no network is in use.
"""

import os
import subprocess
import sys
import time

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


def main():
    interface, state, reason = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    options = dict(option.split("=") for option in sys.argv[4:])
    bus = start()
    mock = dbus.Interface(bus.get_object(NAME, "/org/freedesktop"), "org.freedesktop.DBus.Mock")

    def put(path, of, name, value):
        bus.get_object(NAME, path).Set(of, name, value, dbus_interface="org.freedesktop.DBus.Properties")

    device = mock.AddWiFiDevice("wifi", interface, state)
    put(device, NAME + ".Device", "StateReason", dbus.Struct((dbus.UInt32(state), dbus.UInt32(reason)), signature="uu"))
    wireless = NAME + ".Device.Wireless"
    active = "/"
    if "strength" in options:
        # WPA2 with a password, on channel 36.
        active = mock.AddAccessPoint(
            device, "point", "Café am Eck", "02:00:00:00:00:01", 2, 5180, 54000, int(options["strength"]), 0x188
        )
    properties = dbus.Dictionary({"ActiveAccessPoint": dbus.ObjectPath(active)}, signature="sv")
    bus.get_object(NAME, device).AddProperties(wireless, properties, dbus_interface="org.freedesktop.DBus.Mock")
    if options.get("radio") == "off":
        put(ROOT, NAME, "WirelessEnabled", False)
    if options.get("key") == "off":
        put(ROOT, NAME, "WirelessHardwareEnabled", False)


main()
