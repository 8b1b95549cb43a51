import 'reflect-metadata';
import { Controller, Get, HttpCode, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { limiter, port, verifier } from '../api';
import { PolicyGuard, RefusalFilter, type Protected } from './protect';

@Controller()
class Api {
  @Get('status')
  status(): object {
    return { status: 'up' };
  }

  @Get('orders')
  orders(@Req() { caller }: Protected): object {
    return { of: caller?.subject };
  }

  @Post('reports')
  @HttpCode(200)
  reports(@Req() { caller }: Protected): object {
    return { of: caller?.subject };
  }
}

@Module({ controllers: [Api] })
class App {}

async function start(): Promise<void> {
  const app = await NestFactory.create(App, { logger: ['error'] });
  app.useGlobalGuards(new PolicyGuard(verifier, limiter));
  app.useGlobalFilters(new RefusalFilter());
  await app.listen(port, '127.0.0.1');
}

void start();
