import { Lazy } from 'cdk8s';

/**
 * A value that is asked for when the manifests are written, not when the construct is made: the edges of a service are
 * declared after it. `produce` must not throw, because cdk8s writes charts one by one and would leave half of them
 * behind; what can be wrong is checked in the constructors and in `node.addValidation`.
 *
 * The cast is the point of this file: cdk8s types every token as `any`, here it keeps the type of what it stands for.
 */
export function deferred<Value>(produce: () => Value): Value {
  const token: unknown = Lazy.any({ produce });
  return token as Value;
}

/** A value that is left out of the manifest when there is none by then. */
export const deferredIfAny = <Value>(produce: () => Value | undefined): Value =>
  deferred(produce as () => Value);
