# SPDX-License-Identifier: Apache-2.0
"""Each rule finds what it forbids and leaves alone what is right."""
import json
import unittest

import check

LICENCE = '// SPDX-License-Identifier: Apache-2.0\n'
ROOMS = 'add_room(core LINKS fmt)\nadd_room(http USES core)\nadd_room(emulator USES core LINKS x)\nadd_room(os USES core)\n'
# In pieces, so that this file itself is no finding.
SLEEP = 'std::this_thread::sleep' + '_for(1s);'
HOME = '/' + 'root/x'
REGISTRY = 'https://' + 'registry.npmjs.org/x'



class Layers(unittest.TestCase):
    def test_allowed(self):
        self.assertEqual(check.layers({'src/rooms.cmake': ROOMS, 'src/http/a.cpp': '#include "trowel/core/a.hpp"\n#include "b.hpp"\n#include <sys/a.h>'}), [])

    def test_forbidden_include(self):
        for line in ('#include "trowel/http/a.hpp"', '#include "http/a.hpp"', '#  include <trowel/os/a.hpp>'):
            found = check.layers({'src/rooms.cmake': ROOMS, 'include/trowel/emulator/a.hpp': line})
            self.assertEqual(len(found), 1, line)
            self.assertIn('a.hpp:1', found[0])

    def test_circle(self):
        self.assertTrue(check.layers({'src/rooms.cmake': 'add_room(a USES b)\nadd_room(b USES a)\n'}))

    def test_unknown_rooms(self):
        self.assertTrue(check.layers({'src/rooms.cmake': 'add_room(a USES nothing)\n'}))
        self.assertTrue(check.layers({'src/rooms.cmake': ROOMS, 'src/cellar/a.cpp': ''}))

    def test_emulator_stays_alone(self):
        self.assertTrue(check.layers({'src/rooms.cmake': 'add_room(core)\nadd_room(http USES core)\nadd_room(emulator USES core http)\n'}))


class Libraries(unittest.TestCase):
    def test_each(self):
        for name in ('<httplib.h>', '<openssl/ssl.h>', '<spdlog/spdlog.h>', '<CLI/CLI.hpp>', '<sqlite3.h>'):
            self.assertEqual(len(check.libraries({'src/sync/a.cpp': f'#include {name}\n'})), 1, name)
        self.assertEqual(check.libraries({'src/core/hash.cpp': '#include <openssl/evp.h>', 'tests/a.cpp': '#include <httplib.h>'}), [])

    def test_json_in_headers(self):
        self.assertTrue(check.libraries({'include/trowel/core/a.hpp': '#include <nlohmann/json.hpp>'}))
        self.assertFalse(check.libraries({'include/trowel/core/a.hpp': '#include <nlohmann/json_fwd.hpp>'}))


class Headers(unittest.TestCase):
    def test_each(self):
        good = LICENCE + '// Says what it is for.\n#pragma once\n'
        self.assertEqual(check.headers({'src/core/a.hpp': good, 'src/core/a.cpp': LICENCE}), [])
        self.assertTrue(check.headers({'src/core/a.cpp': 'int a;'}))
        self.assertTrue(check.headers({'src/core/a.hpp': LICENCE + '#pragma once\n'}))
        self.assertTrue(check.headers({'src/core/a.hpp': LICENCE + '// Says what it is for.\n'}))


class Waiting(unittest.TestCase):
    def test_each(self):
        for line in (SLEEP, 'usl' + 'eep(5);', 'sle' + 'ep(1);', '::sle' + 'ep(1);'):
            self.assertEqual(len(check.waiting({'tests/unit/core/a_test.cpp': line})), 1, line)
        self.assertEqual(check.waiting({'src/a/a.cpp': '// no sleep(1)\nrun("sleep(1)"); clock.sleep(1);'}), [])


class Places(unittest.TestCase):
    def test_each(self):
        for text in (HOME, REGISTRY, '"/tmp' + '/wt/a"'):
            self.assertEqual(len(check.places({'docs/a.md': text})), 1, text)
        self.assertEqual(check.places({'docs/a.md': '/api/2.0/workspace/list a/work/b'}), [])


class Sizes(unittest.TestCase):
    def test_each(self):
        self.assertEqual(len(check.sizes({'src/a/a.cpp': '\n' * 501})), 1)
        self.assertEqual(check.sizes({'src/a/a.cpp': '\n' * 500, 'docs/protocol.md': '\n' * 900}), [])


class Menus(unittest.TestCase):
    def package(self, entry):
        return {'extension-shim/package.json': json.dumps({'contributes': {
            'commands': [{'command': 'trowel.a'}], 'views': {'trowel': [{'id': 'trowel.v'}]}, 'menus': {'view/title': [entry]}}})}

    def test_each(self):
        self.assertEqual(check.menus(self.package({'command': 'trowel.a', 'when': 'view == trowel.v'})), [])
        self.assertEqual(len(check.menus(self.package({'command': 'trowel.b'}))), 1)
        self.assertEqual(len(check.menus(self.package({'command': 'trowel.a', 'when': 'x && view == trowel.w'}))), 1)


class Features(unittest.TestCase):
    def test_each(self):
        def problems(proof):
            return check.features({'docs/features.md': f'| Feature | In Trowel | Shown by |\n|---|---|---|\n| a | b | {proof} |\n',
                                   'tests/a_test.cpp': 'TEST_CASE("it works") {'})
        for proof in ('`tests/a_test.cpp`', '`tests/a_test.cpp` "it works"', '*notebooks*'):
            self.assertEqual(problems(proof), [], proof)
        for proof in ('', 'soon', '`tests/b_test.cpp`', '`tests/a_test.cpp` "it"'):
            self.assertEqual(len(problems(proof)), 1, proof)


if __name__ == '__main__':
    unittest.main()
