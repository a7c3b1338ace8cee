# SPDX-License-Identifier: Apache-2.0
"""The keyring against a real gnome-keyring on a session bus of the test's own, and against what desktops lack."""
import os
import subprocess
import sys
import unittest

from desktop import Desktop

TOOL = os.path.abspath(sys.argv.pop(1))
HANGING_LIBSECRET = os.path.abspath(sys.argv.pop(1))


class Case(unittest.TestCase):
    bus = True

    def setUp(self):
        self.desktop = Desktop(self.bus)
        self.addCleanup(self.desktop.close)

    def start(self, **more):
        tool = subprocess.Popen([TOOL], env={**self.desktop.environment, **more}, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, tool)
        return tool

    @staticmethod
    def end(tool):
        tool.kill()
        tool.wait()
        tool.stdin.close()
        tool.stdout.close()

    @staticmethod
    def ask(tool, line):
        tool.stdin.write(line + '\n')
        tool.stdin.flush()
        return tool.stdout.readline().rstrip('\n')


class Unlocked(Case):
    def setUp(self):
        super().setUp()
        self.desktop.start_keyring()
        self.tool = self.start()

    def test_an_entry_is_set_got_replaced_and_removed(self):
        self.assertEqual(self.ask(self.tool, 'get trowel one'), 'none')
        self.assertEqual(self.ask(self.tool, 'set trowel one first'), 'ok')
        self.assertEqual(self.ask(self.tool, 'set trowel two other'), 'ok')
        self.assertEqual(self.ask(self.tool, 'set trowel one second'), 'ok')
        self.assertEqual(self.ask(self.tool, 'get trowel one'), 'value second')
        self.assertEqual(self.ask(self.tool, 'remove trowel one'), 'ok')
        self.assertEqual(self.ask(self.tool, 'get trowel one'), 'none')
        self.assertEqual(self.ask(self.tool, 'remove trowel one'), 'ok')
        self.assertEqual(self.ask(self.tool, 'get trowel two'), 'value other')

    def test_what_is_set_is_found_by_others_as_the_databricks_cli_keeps_it(self):
        self.assertEqual(self.ask(self.tool, 'set databricks-cli DEV planted'), 'ok')
        self.assertEqual(self.ask(self.tool, 'set databricks-cli DEV once-more'), 'ok')
        found = self.desktop.secret_tool('search', '--all', 'service', 'databricks-cli')
        self.assertEqual(found.stdout.count('[/'), 1, 'replaced, not added')
        self.assertIn("label = Password for 'DEV' on 'databricks-cli'", found.stdout)
        self.assertIn('secret = once-more', found.stdout)
        attributes = sorted(line for line in found.stderr.split('\n') if line.startswith('attribute.'))
        self.assertEqual(attributes, ['attribute.service = databricks-cli', 'attribute.username = DEV'])

    def test_what_others_keep_is_found_and_replaced_not_doubled(self):
        self.desktop.secret_tool('store', '--label', "Password for 'DEV' on 'databricks-cli'", 'service',
                                 'databricks-cli', 'username', 'DEV', given='theirs')
        self.assertEqual(self.ask(self.tool, 'get databricks-cli DEV'), 'value theirs')
        self.assertEqual(self.ask(self.tool, 'set databricks-cli DEV ours'), 'ok')
        found = self.desktop.secret_tool('search', '--all', 'service', 'databricks-cli', 'username', 'DEV').stdout
        self.assertEqual((found.count('[/'), 'secret = ours' in found), (1, True), found)

    def test_a_locked_keyring_is_told_from_a_missing_entry(self):
        self.assertEqual(self.ask(self.tool, 'set trowel one first'), 'ok')
        self.desktop.lock()
        for line in ('get trowel one', 'get trowel missing', 'set trowel one x', 'remove trowel one'):
            answer = self.ask(self.tool, line)
            self.assertRegex(answer, '^failed Unavailable ')
            self.assertRegex(answer, "Unlock it|unlock it|'Passwords and Keys'")

    def test_the_end_of_the_session_does_not_end_the_process(self):
        self.assertEqual(self.ask(self.tool, 'set trowel one first'), 'ok')
        self.desktop.end(self.desktop.bus)
        self.assertRegex(self.ask(self.tool, 'set trowel one second'),
                         '^failed Unavailable The keyring of this desktop failed: ')
        self.desktop.end(self.desktop.keyring)
        os.remove(self.desktop.path / 'bus')
        self.desktop.start_bus()
        self.desktop.start_keyring()
        self.assertEqual(self.ask(self.tool, 'set trowel one third'), 'ok')
        self.assertEqual(self.ask(self.tool, 'get trowel one'), 'value third')


class NoKeyring(Case):
    def test_a_bus_without_any_program_that_keeps_passwords(self):
        self.assertEqual(self.ask(self.start(), 'get trowel one'),
                         'failed Unavailable No program keeps passwords on this desktop. Install and start '
                         'gnome-keyring, KWallet or KeePassXC (with its Secret Service switched on).')

    def test_a_desktop_whose_keyring_was_never_made(self):
        keyring = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--start', '--components=secrets'],
                                   env=self.desktop.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.desktop.end, keyring)
        keyring.stdout.readline()
        self.assertEqual(self.ask(self.start(), 'set trowel one x'),
                         'failed Unavailable This desktop has no keyring yet. Create one named \'Login\' in the program '
                         '\'Passwords and Keys\', or sign in to the desktop with your password once.')


class NoSession(Case):
    bus = False

    def test_without_a_session_bus(self):
        answer = self.ask(self.start(), 'get trowel one')
        self.assertRegex(answer, '^failed Unsupported There is no keyring here, because there is no desktop session')
        self.assertFalse(os.path.exists(self.desktop.path / '.dbus'), 'a bus was started')

    def test_of_a_session_that_has_ended(self):
        answer = self.ask(self.start(DBUS_SESSION_BUS_ADDRESS='unix:path=/nowhere,guid=1'), 'get trowel one')
        self.assertRegex(answer, '^failed Unsupported There is no keyring here, because there is no desktop session')

    def test_without_the_library(self):
        # A broken one comes first where the loader looks.
        folder = self.desktop.path / 'broken'
        folder.mkdir()
        (folder / 'libsecret-1.so.0').write_text('this is no library')
        self.assertRegex(self.ask(self.start(LD_LIBRARY_PATH=str(folder)), 'get trowel one'),
                         '^failed Unsupported .*the library libsecret is not installed. Install it')

    def test_a_keyring_that_asks_its_user(self):
        tool = self.start(LD_LIBRARY_PATH=HANGING_LIBSECRET, HANGING_LIBSECRET=str(self.desktop.path),
                          DBUS_SESSION_BUS_ADDRESS='unix:path=/dev/null')
        late = ("failed Unavailable The keyring of this desktop did not answer within 3 seconds; it may be waiting for "
                "its password. Answer its question, or unlock it in the program 'Passwords and Keys'.")
        for _ in range(100):
            self.assertEqual(self.ask(tool, 'set trowel one x'), late)
        self.assertLessEqual(len(os.listdir(f'/proc/{tool.pid}/task')), 2, 'one thread hangs, not one a call')
        (self.desktop.path / 'answered').touch()
        while (answer := self.ask(tool, 'get trowel one')) == late:
            pass
        self.assertEqual(answer, 'none')
        self.assertFalse((self.desktop.path / 'stored').exists(), 'what nobody waits for any more is not written')
        self.assertEqual(self.ask(tool, 'set trowel one x'), 'ok')
        self.assertTrue((self.desktop.path / 'stored').exists())


if __name__ == '__main__':
    unittest.main()
