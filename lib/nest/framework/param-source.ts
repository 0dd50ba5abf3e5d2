/** Nest's numbers for the sources of a parameter (`RouteParamtypes`). */
export const PARAM_SOURCE = Object.freeze({
  connection: 0,
  payload: 3,
  query: 4,
  param: 5,
  headers: 6,
  session: 7,
  ip: 11,
});
