#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house: check.py RULE... (none: all). Each problem is a line that says where, what, and what to do.

A rule takes the tree as {path: text} and returns its problems, so that check_test.py can hand it a tree with a fault.
"""
import json
import re
import subprocess
import sys

CPP = ('.cpp', '.hpp')
GENERATED = ('extension-shim/src/protocol.ts', 'docs/protocol.md', 'extension-shim/package-lock.json')
MAX_LINES = 500


def include_lines(text):
    for number, line in enumerate(text.split('\n'), 1):
        if found := re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line):
            yield number, found[1], found[2]


def cpp_files(tree, *folders):
    return [(path, text) for path, text in sorted(tree.items()) if path.endswith(CPP) and path.startswith(folders)]


# ---- layers: src/rooms.cmake against the #includes

def rooms_of(tree):
    """Room to the rooms that it may use."""
    rooms = {}
    for found in re.finditer(r'^add_room\((\w+)([^)]*)\)', tree['src/rooms.cmake'], re.MULTILINE):
        uses = re.search(r'USES((?:\s+[a-z_]+)*)', found[2])
        rooms[found[1]] = set(uses[1].split()) if uses else set()
    if 'rpc' in rooms:
        rooms['protocol'] = {'core', 'rpc'}  # made in protocol/CMakeLists.txt
    return rooms


def room_of(path):
    parts = path.split('/')
    if path.startswith('include/trowel/'):
        return parts[2]
    return parts[1] if path.startswith('src/') and len(parts) > 2 else None


def layers(tree):
    rooms, problems = rooms_of(tree), []
    for room, uses in rooms.items():
        for used in sorted(uses - rooms.keys()):
            problems.append(f'src/rooms.cmake: {room} uses {used}, which is no room')
        seen, todo = set(), list(uses)
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                todo += rooms.get(each, ())
        if room in seen:
            problems.append(f'src/rooms.cmake: {room} uses itself by a detour; rooms form no circles')
        if room == 'emulator' and (wrong := seen & {'databricks', 'http', 'auth', 'notebook', 'connection'}):
            problems.append(f'src/rooms.cmake: emulator uses {sorted(wrong)}; it must read the API on its own')
    for path, text in cpp_files(tree, 'src/', 'include/'):
        room = room_of(path)
        if room not in rooms:
            problems.append(f'{path}: there is no room {room}; add it to src/rooms.cmake')
            continue
        for number, _, name in include_lines(text):
            parts = name.split('/')
            used = parts[1] if parts[0] == 'trowel' and len(parts) > 2 else parts[0] if len(parts) > 1 else room
            if used in rooms and used != room and used not in rooms[room]:
                problems.append(f'{path}:{number}: {room} may not use {used}. Turn the dependency round, or, '
                                'where the design allows it, add it to src/rooms.cmake')
    return problems


# ---- libraries: third-party code stays in the files named for it

LIBRARIES = (
    (r'httplib\.h$', r'tests/', 'cpp-httplib is for tests'),
    (r'openssl/', r'src/(core/hash\.cpp|http/|auth/|emulator/)|tests/', 'OpenSSL stays in core/hash.cpp, http, auth and emulator'),
    (r'zlib\.h$', r'src/(http|emulator)/|tests/', 'zlib stays in http and emulator'),
    (r'spdlog/', r'src/os/log_sinks\.cpp', 'log through trowel/core/log.hpp'),
    (r'CLI/', r'src/app/main\.cpp', 'the command line is read in app/main.cpp'),
    (r'yaml-cpp/', r'src/(connection/sources/bundle_file|features/jobs/yaml_text)\.cpp',
     'yaml-cpp throws; it stays in bundle_file.cpp and yaml_text.cpp'),
    (r'sqlite3\.h$', r'src/os/sqlite\.cpp|src/emulator/', 'use trowel/os/sqlite.hpp'),
)


def libraries(tree):
    problems = []
    for path, text in cpp_files(tree, 'src/', 'include/', 'tests/', 'protocol/'):
        for number, _, name in include_lines(text):
            for library, allowed, advice in LIBRARIES:
                if re.search(library, name) and not re.match(allowed, path):
                    problems.append(f'{path}:{number}: {name} here; {advice}')
            if name == 'nlohmann/json.hpp' and path.startswith('include/') and path != 'include/trowel/protocol/codec.hpp':
                problems.append(f'{path}:{number}: the whole of nlohmann/json.hpp in a header costs every includer a second; '
                                'include trowel/core/json.hpp, and the whole in the .cpp')
    return problems


# ---- headers: licence, purpose, guard

def headers(tree):
    problems = []
    for path, text in cpp_files(tree, 'src/', 'include/', 'tests/', 'protocol/'):
        lines = text.split('\n')
        if lines[0] != '// SPDX-License-Identifier: Apache-2.0':
            problems.append(f'{path}:1: the first line must be "// SPDX-License-Identifier: Apache-2.0"')
        if not path.endswith('.hpp'):
            continue
        comment = []
        for line in lines[1:]:
            if not line.startswith('//'):
                break
            comment.append(line)
        if not comment or len(comment[0].split()) < 4:
            problems.append(f'{path}:2: say in one sentence what this header is for')
        if '#pragma once' not in lines:
            problems.append(f'{path}: #pragma once is missing')
    return problems


# ---- waiting: on a token with a clock, never for a while

def waiting(tree):
    problems = []
    for path, text in cpp_files(tree, 'src/', 'include/', 'tests/', 'protocol/'):
        for number, line in enumerate(text.split('\n'), 1):
            code = re.sub(r'"(?:\\.|[^"\\])*"|//.*', '""', line)
            if re.search(r'\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.])(::)?sleep\(', code):
                problems.append(f'{path}:{number}: no sleeping; wait on a CancelToken with a Clock '
                                '(CancelToken::waitFor), in tests on the event itself')
    return problems


# ---- places: nothing of one machine in the tree

PLACES = (
    (re.compile(r'(?<![\w.}/-])/(?:root|work)/[\w.]|/tmp/wt\b'), 'a path of one machine; make it relative, or take it from the environment'),
    (re.compile(r'https?://[\w.-]*(?:registry|artifactory|nexus|mirror)[\w.-]*', re.IGNORECASE), 'a package registry; leave the choice to the tool\'s own configuration'),
)


def places(tree):
    problems = []
    for path, text in sorted(tree.items()):
        if path.startswith(('tests/tidy/', 'tests/unit/')):
            continue  # the rules themselves; made-up paths as input
        for number, line in enumerate(text.split('\n'), 1):
            for pattern, advice in PLACES:
                if found := pattern.search(line):
                    problems.append(f'{path}:{number}: "{found[0]}" is {advice}')
    return problems


# ---- sizes

def sizes(tree):
    return [f'{path}: {lines} lines; above {MAX_LINES} a file does more than one thing: split it'
            for path, text in sorted(tree.items())
            if path.endswith((*CPP, '.ts', '.mjs', '.py', '.sh', '.txt', '.cmake')) and path not in GENERATED
            and (lines := text.count('\n')) > MAX_LINES]


# ---- menus: package.json names commands and views that exist

def menus(tree):
    path = 'extension-shim/package.json'
    contributes = json.loads(tree[path]).get('contributes', {})
    commands = {each['command'] for each in contributes.get('commands', [])}
    views = {each['id'] for group in contributes.get('views', {}).values() for each in group}
    problems = []
    for place, entries in contributes.get('menus', {}).items():
        for entry in entries:
            for key in ('command', 'submenu'):
                known = commands if key == 'command' else {each['id'] for each in contributes.get('submenus', [])}
                if key in entry and entry[key] not in known:
                    problems.append(f'{path}: menus/{place}: there is no {key} {entry[key]}; see protocol/commands.json')
            for view in re.findall(r'\bview\s*[!=]=\s*[\'"]?([\w.-]+)', entry.get('when', '')):
                if view not in views:
                    problems.append(f'{path}: menus/{place}: there is no view {view}; see protocol/views.json')
    for entry in contributes.get('keybindings', []):
        if entry['command'].startswith('trowel.') and entry['command'] not in commands:
            problems.append(f'{path}: keybindings: there is no command {entry["command"]}')
    return problems


# ---- features: what docs/features.md names as its proof exists

def features(tree):
    path, problems = 'docs/features.md', []
    for number, line in enumerate(tree.get(path, '').split('\n'), 1):
        for file, name in re.findall(r'`((?:tests|extension-shim|protocol)/[^`]+)`(?: "([^"]+)")?', line):
            if file not in tree:
                problems.append(f'{path}:{number}: there is no {file}')
            elif name and f'"{name}"' not in tree[file]:
                problems.append(f'{path}:{number}: {file} has no test "{name}"')
        if line.startswith('| ') and not line.startswith('| Feature |') and not re.search(r'`|\*(sync|notebooks)\*', line.split('|')[-2]):
            problems.append(f'{path}:{number}: name the test that shows it, or the later topic')
    return problems


# ---- format: clang-format decides

def format(tree):
    files = [path for path, _ in cpp_files(tree, 'src/', 'include/', 'tests/', 'protocol/')]
    done = subprocess.run(['clang-format-19', '--dry-run', '-Werror', *files], capture_output=True, text=True)
    wrong = sorted(set(re.findall(r'^([^:\n]+):\d+:\d+: error:', done.stderr, re.MULTILINE)))
    if done.returncode != 0 and not wrong:
        return [done.stderr]
    return [f'{path}: not formatted; run clang-format-19 -i {path}' for path in wrong]


RULES = {rule.__name__: rule for rule in (layers, libraries, headers, waiting, places, sizes, menus, features, format)}


def committed_tree():
    """Every text file that git knows or would add."""
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], check=True,
                           capture_output=True, text=True).stdout.split('\0')
    tree = {}
    for name in filter(None, names):
        try:
            with open(name, encoding='utf-8') as file:
                tree[name] = file.read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            pass
    return tree


def main(names):
    tree = committed_tree()
    problems = [problem for name in names or RULES for problem in RULES[name](tree)]
    print('\n'.join(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
