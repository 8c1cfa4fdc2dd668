import { duplicateObject } from './duplicate-object.js';
import { fieldType } from './field-type.js';
import { immutableField } from './immutable-field.js';
import { madeName } from './made-name.js';
import { missingNamespace } from './missing-namespace.js';
import { objectName } from './object-name.js';
import { removedVersionOfKind } from './removed-version.js';
import { secretEncoding } from './secret-encoding.js';
import { unreadableFile } from './unreadable-file.js';

/** `kubectl apply -f` and the API server take the objects as they are. */
export const OBJECT_PROOFS = [
  unreadableFile,
  removedVersionOfKind,
  fieldType,
  objectName,
  madeName,
  duplicateObject,
  missingNamespace,
  immutableField,
  secretEncoding,
] as const;
