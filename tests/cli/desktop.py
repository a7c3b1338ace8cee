# SPDX-License-Identifier: Apache-2.0
"""A desktop session of a test's own: a session bus, and on it gnome-keyring, both in a folder of their own."""
import os
import pathlib
import signal
import subprocess
import tempfile

GUARD_SECONDS = 60
PASSWORD = 'the password of the keyring'
# Activates nothing but what stands here, whatever the machine has installed.
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
'''


class Desktop:
    """`environment` is what a program of the session starts with."""

    def __init__(self, bus=True):
        self.folder = tempfile.TemporaryDirectory(prefix='trowel-desktop-')
        self.path = pathlib.Path(self.folder.name)
        self.environment = {
            'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'HOME': str(self.path), 'LANG': 'C.UTF-8',
            'XDG_DATA_HOME': str(self.path / 'data'), 'XDG_CONFIG_HOME': str(self.path / 'config'),
            'XDG_CACHE_HOME': str(self.path / 'cache'), 'XDG_STATE_HOME': str(self.path / 'state'),
            'XDG_RUNTIME_DIR': str(self.path / 'run')}
        (self.path / 'run').mkdir(mode=0o700)
        self.bus = self.keyring = None
        if bus:
            self.start_bus()

    def start_bus(self):
        (self.path / 'bus.conf').write_text(BUS.format(path=self.path))
        self.bus = subprocess.Popen(
            ['dbus-daemon', f'--config-file={self.path}/bus.conf', '--nofork', '--print-address'],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.environment['DBUS_SESSION_BUS_ADDRESS'] = self.bus.stdout.readline().strip()

    def start_keyring(self):
        """gnome-keyring with its keyring 'login' made and unlocked."""
        self.keyring = subprocess.Popen(
            ['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'], env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.keyring.stdin.write(PASSWORD)
        self.keyring.stdin.close()
        self.keyring.stdout.readline()  # GNOME_KEYRING_CONTROL=…: it is on the bus and unlocked

    def secret_tool(self, *arguments, given=''):
        """The witness: another program that keeps passwords in the same keyring."""
        return subprocess.run(['secret-tool', *arguments], env=self.environment, input=given, capture_output=True,
                              text=True, timeout=GUARD_SECONDS, check=False)

    def lock(self):
        """Locks the keyring. (secret-tool 0.20 crashes when it is asked to.)"""
        subprocess.run(['dbus-send', f"--bus={self.environment['DBUS_SESSION_BUS_ADDRESS']}", '--print-reply',
                        '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets',
                        'org.freedesktop.Secret.Service.Lock',
                        'array:objpath:/org/freedesktop/secrets/collection/login'],
                       env=self.environment, capture_output=True, timeout=GUARD_SECONDS, check=True)

    @staticmethod
    def end(process):
        if process is None:
            return
        process.send_signal(signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()

    def close(self):
        self.end(self.keyring)
        self.end(self.bus)
        self.folder.cleanup()
