/**
 * The one place that reaches into Nest. These paths resolve in Nest 11 and 12 alike, and are the
 * ones Nest's own GraphQL package imports; `@nestjs/core/internal` exists in 12 only.
 */
export { ExternalExceptionFilterContext } from '@nestjs/core/exceptions/external-exception-filter-context.js';
export { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
export { ContextUtils } from '@nestjs/core/helpers/context-utils.js';
export { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
export { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
export type { NestContainer } from '@nestjs/core/injector/container.js';
export type { ContextId, InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
export type { Module as NestModule } from '@nestjs/core/injector/module.js';
export { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
export { PipesContextCreator } from '@nestjs/core/pipes/pipes-context-creator.js';
export { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';
