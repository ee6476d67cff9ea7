require "sidekiq"

class Job
  include Sidekiq::Worker

  def perform
    puts "job: begins"
    $stdout.flush
    sleep 2
    puts "job: done"
    $stdout.flush
  end
end

Sidekiq.configure_server { |config| config.on(:startup) { Job.perform_async } }
