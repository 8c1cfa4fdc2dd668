import type { Connection } from '../../model/connections.js';
import type { Variable } from '../../model/container-variables.js';
import { titleOf } from '../../model/manifest.js';
import type { Explanation, Problem } from '../proof.js';

/** A problem with a connection, at the variable or argument that names its host. */
export const connectionProblem = (
  { workload, address }: Connection,
  explanation: Explanation,
  { field, origin }: Pick<Variable, 'field' | 'origin'> = address.variable,
): Problem => ({
  object: titleOf(workload),
  field: `${workload.podPath}.${field}`,
  origin,
  ...explanation,
});

/** What was written; a Secret's value is not repeated, its host is. */
export const written = ({ address: { variable, host, port } }: Connection): string =>
  variable.secret
    ? `${host}${port === undefined ? '' : `:${port}`}`
    : variable.value === undefined
      ? variable.name
      : `${variable.name}${/[. ]/.test(variable.name) ? ': ' : '='}${variable.value}`;

/** The variable that holds the connection's port. */
export const portVariable = ({ address }: Connection): { readonly field: string; readonly origin: string } =>
  address.portVariable ?? address.variable;
