"""Sealing, opening, rotating, and what the vault refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vault import Vault, VaultLocked, create_key_file, new_key, read_key_file, split_keys


@pytest.mark.requirement("OF-160")
@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again_and_is_not_readable_meanwhile(secret):
    vault = Vault([new_key()])
    sealed = vault.seal(b"canary" + secret)
    assert b"canary" not in sealed
    assert vault.open(sealed) == b"canary" + secret


def test_after_rotation_old_seals_open_and_new_ones_need_the_new_key():
    old, new = new_key(), new_key()
    sealed_before = Vault([old]).seal(b"token")
    rotated = Vault(split_keys(f"{new}, {old}"))
    assert rotated.open(sealed_before) == b"token"
    with pytest.raises(VaultLocked):
        Vault([old]).open(rotated.seal(b"token"))


def test_a_wrong_key_is_refused_without_showing_any_key():
    sealed, other = Vault([new_key()]).seal(b"token"), new_key()
    with pytest.raises(VaultLocked) as refused:
        Vault([other]).open(sealed)
    assert other not in str(refused.value)


def test_a_malformed_key_is_refused_without_repeating_it():
    with pytest.raises(VaultLocked) as refused:
        Vault(["not-a-key"])
    assert "not-a-key" not in str(refused.value)


def test_no_key_at_all_names_the_command_that_makes_one():
    with pytest.raises(VaultLocked, match="orderflow init"):
        Vault([])


@pytest.mark.requirement("OF-160")
def test_the_key_file_is_for_its_owner_only_and_never_replaced(tmp_path):
    path = tmp_path / "secret.key"
    assert create_key_file(path)
    first = read_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not create_key_file(path)
    assert read_key_file(path) == first


@pytest.mark.requirement("OF-160")
def test_a_key_file_that_others_can_read_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "secret.key"
    create_key_file(path)
    path.chmod(0o640)
    with pytest.raises(VaultLocked, match="chmod 600"):
        read_key_file(path)
