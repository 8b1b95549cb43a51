import type { Task } from './task';

/** Sends requests to the tasks that it has, in turn, as the load balancer does with those that are ready. */
export class Balancer {
  private readonly tasks = new Set<Task>();
  private turn = 0;

  add(task: Task): void {
    this.tasks.add(task);
  }

  /** As ECS takes a task out that stops or has ended. */
  remove(task: Task): void {
    this.tasks.delete(task);
  }

  pick(): string | undefined {
    const tasks = [...this.tasks];
    this.turn += 1;
    return tasks[this.turn % tasks.length]?.url;
  }
}
