import { PORT_NAMES, type ServiceDeclaration } from '@cafe-lumiere/contract';

/** Where its metrics are, unless somebody says another port. */
export const metricsPortOf = ({ operationsPort }: ServiceDeclaration): string =>
  operationsPort === undefined ? PORT_NAMES.own : PORT_NAMES.operations;
