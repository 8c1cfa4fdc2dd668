import { plainPassword } from './plain-password.js';
import { secretValue } from './secret-value.js';
import { unequalNames } from './unequal-names.js';
import { unequalPasswords } from './unequal-passwords.js';

/** Passwords are in Secrets, Secrets with values are not in the manifests, and both ends have the same one. */
export const SECRET_PROOFS = [secretValue, plainPassword, unequalPasswords, unequalNames] as const;
