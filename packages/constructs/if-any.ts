/** A field that is left out while it is empty: the API server keeps no empty list, and each `kubectl apply` would differ. */
export const ifAny = <Name extends string, Value extends object>(
  name: Name,
  value: Value,
): Partial<Record<Name, Value>> =>
  (Object.keys(value).length > 0 ? { [name]: value } : {}) as Partial<Record<Name, Value>>;
