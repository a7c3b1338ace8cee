# SPDX-License-Identifier: Apache-2.0
"""Delta's Python API, as far as the emulator has it."""
