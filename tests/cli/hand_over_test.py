# SPDX-License-Identifier: Apache-2.0
"""Real windows that let the tools in their terminals sign in: what the editor is told, and what a tool gets by it."""
import http.client
import json
import signal
import unittest
import urllib.parse

from cli_test import GUARD_SECONDS, Case
from window_test import Window

SETTINGS = {'connection': 'profile:DEFAULT', 'terminal': {'signIn': True}}


class HandOver(Case):
    def setUp(self):
        super().setUp()
        self.home.emulator()
        self.token = self.home.endpoint['token']

    def window(self):
        window = Window(self.home, SETTINGS)
        told = window.await_told('trowel/connection/environment', lambda told: told['variables'])
        return window, {each['name']: each['value'] for each in told['variables']}

    @staticmethod
    def ask(variables):
        """As an SDK does with these variables: the token, or nothing where nobody hands one out now."""
        url = urllib.parse.urlsplit(variables['DATABRICKS_METADATA_SERVICE_URL'])
        connection = http.client.HTTPConnection('127.0.0.1', url.port, timeout=GUARD_SECONDS)
        try:
            connection.request('GET', url.path, headers={'X-Databricks-Metadata-Version': '1',
                                                         'X-Databricks-Host': variables['DATABRICKS_HOST']})
            answer = connection.getresponse()
            return json.loads(answer.read())['access_token'] if answer.status == 200 else None
        except ConnectionError:
            return None
        finally:
            connection.close()

    def await_token(self, variables):
        while self.ask(variables) is None:
            pass
        self.assertEqual(self.ask(variables), self.token)

    def test_a_window_tells_its_terminals_how_to_sign_in(self):
        _, variables = self.window()
        self.assertEqual(variables['DATABRICKS_AUTH_TYPE'], 'metadata-service')
        self.assertEqual(variables['DATABRICKS_HOST'], self.home.endpoint['host'])
        self.assertEqual(self.ask(variables), self.token)

    def test_a_terminal_signs_in_still_when_its_window_was_killed_and_another_one_is_there(self):
        first, variables = self.window()
        second, same = self.window()
        self.assertEqual(same, variables)
        self.assertEqual(self.ask(variables), self.token)
        first.daemon.send_signal(signal.SIGKILL)
        first.daemon.wait(GUARD_SECONDS)
        self.await_token(variables)
        second.daemon.send_signal(signal.SIGKILL)
        second.daemon.wait(GUARD_SECONDS)
        self.assertIsNone(self.ask(variables))
        _, again = self.window()
        self.assertEqual(again, variables)
        self.await_token(variables)

    def test_a_connection_that_is_dropped_hands_out_nothing_any_more(self):
        window, variables = self.window()
        window.ask('trowel/connection/select', id='')
        told = window.await_told('trowel/connection/environment')
        self.assertEqual(told['variables'], [])
        while self.ask(variables) is not None:
            pass

    def test_a_connection_that_is_left_for_one_that_fails_hands_out_nothing_any_more(self):
        config = self.home.path / '.databrickscfg'
        config.write_text(config.read_text() + '[OTHER]\nhost = https://127.0.0.1:1\ntoken = dapi-other\n')
        window, variables = self.window()
        window.begin('trowel/connection/select', id='profile:OTHER')
        window.await_told('trowel/connection/changed', lambda told: told.get('id') == 'profile:OTHER')
        told = window.await_told('trowel/connection/environment')
        self.assertEqual(told['variables'], [])
        self.assertIsNone(self.ask(variables))


if __name__ == '__main__':
    unittest.main()
