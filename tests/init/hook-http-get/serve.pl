# Answers by the path that it is asked for.
use IO::Socket::INET;
$| = 1;
$SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:34519', Listen => 5, ReuseAddr => 1) or die "cannot listen: $!";
print "ready\n";
my @silent;
while (1) {
    my $client = $server->accept or next;
    my ($line, $host) = (scalar <$client>, scalar <$client>);
    s/\r\n// for $line, $host;
    print "asked: $line, $host\n";
    while (defined(my $rest = <$client>)) { last if $rest eq "\r\n" }
    if ($line =~ m{/good}) { print $client "HTTP/1.1 204 No Content\r\n\r\n" . ("x" x 100000) }
    elsif ($line =~ m{/bad}) { print $client "HTTP/1.1 503 Service Unavailable\r\n\r\nno" }
    elsif ($line =~ m{/senseless}) { print $client "SSH-2.0-OpenSSH\r\n" }
    elsif ($line =~ m{/silent}) { push @silent, $client }
}
